"""What lies where: files known by their content, folders looked through safely, archives unpacked safely."""
