"""Date formats by language, where we differ from Django (`FORMAT_MODULE_PATH`)."""
