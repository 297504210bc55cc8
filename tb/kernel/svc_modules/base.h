/* What svc-base exports. */
#ifndef SVC_BASE_H
#define SVC_BASE_H

#ifdef __cplusplus
extern "C" {
#endif
int svc_base_value(void);
int svc_base_hidden(void);
extern int svc_base_started;
#ifdef __cplusplus
}
#endif
#endif
