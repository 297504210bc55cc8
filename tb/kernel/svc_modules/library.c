/* A shared object without module information. */
int svc_library_function(void);
int svc_library_function(void) { return 0; }
