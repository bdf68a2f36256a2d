"""Tables and arrays of pictures, as people have them: CSV, ARFF, LIBSVM, npy and npz."""
