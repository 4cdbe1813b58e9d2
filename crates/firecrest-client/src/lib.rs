//! firecrest-client
