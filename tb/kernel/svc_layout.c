#include "svc_includes.h"

#include "svc_layout.h"

const struct svc_layout* svc_layout_c(void) {
  static const struct svc_layout table[] = {SVC_LAYOUTS, {NULL, 0}};

  return table;
}
