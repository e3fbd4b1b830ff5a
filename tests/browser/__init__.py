"""Tests in a browser; a package, so that its fixtures can have the scope `package`."""
