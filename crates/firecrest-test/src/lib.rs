//! firecrest-test
