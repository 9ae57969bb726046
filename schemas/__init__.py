"""What the data is: records, Arrow and HDF5 layouts, checksums. Needs only numpy, pyarrow, h5py, google-crc32c."""
