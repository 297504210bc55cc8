/* A shared library that is no module. */
int host_library(void);

int host_library(void) { return 1; }
