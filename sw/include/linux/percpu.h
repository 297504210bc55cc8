/* One copy of a variable per CPU, from alloc_percpu(). */
#ifndef LINUX_PERCPU_H
#define LINUX_PERCPU_H

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/smp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes between the copies of neighbouring CPUs; no single object is larger. */
#define DMAVP_PERCPU_UNIT 65536u

void* __alloc_percpu(size_t size, size_t align); /* zeroed; NULL when the area is full */
void free_percpu(void* area);

#define alloc_percpu(type) ((__typeof__(type)*)__alloc_percpu(sizeof(type), __alignof__(type)))
#define alloc_percpu_gfp(type, gfp) alloc_percpu(type)
#define per_cpu_ptr(pointer, cpu) \
  ((__typeof__(&*(pointer)))((char*)(pointer) + (size_t)(cpu)*DMAVP_PERCPU_UNIT))
#define this_cpu_ptr(pointer) per_cpu_ptr(pointer, dmavp_processor_id())
#define raw_cpu_ptr(pointer) this_cpu_ptr(pointer)
#define get_cpu_ptr(pointer) (preempt_disable(), this_cpu_ptr(pointer))
#define put_cpu_ptr(pointer) preempt_enable()
#define this_cpu_read(lvalue) (*this_cpu_ptr(&(lvalue)))
#define this_cpu_write(lvalue, value) (*this_cpu_ptr(&(lvalue)) = (value))
#define this_cpu_add(lvalue, value) (*this_cpu_ptr(&(lvalue)) += (value))
#define this_cpu_inc(lvalue) this_cpu_add(lvalue, 1)
#define this_cpu_dec(lvalue) this_cpu_add(lvalue, -1)

#ifdef __cplusplus
}
#endif
#endif
