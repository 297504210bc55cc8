/* Memory shared by CPUs is sequentially consistent here, so barriers stop the compiler only. */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#define DMAVP_COMPILER_BARRIER() __asm__ __volatile__("" : : : "memory")

#define mb() DMAVP_COMPILER_BARRIER()
#define rmb() DMAVP_COMPILER_BARRIER()
#define wmb() DMAVP_COMPILER_BARRIER()
#define dma_mb() DMAVP_COMPILER_BARRIER()
#define dma_rmb() DMAVP_COMPILER_BARRIER()
#define dma_wmb() DMAVP_COMPILER_BARRIER()
#define smp_mb() DMAVP_COMPILER_BARRIER()
#define smp_rmb() DMAVP_COMPILER_BARRIER()
#define smp_wmb() DMAVP_COMPILER_BARRIER()

#define smp_store_mb(variable, value) \
  do {                                \
    (variable) = (value);             \
    smp_mb();                         \
  } while (0)
#define smp_store_release(pointer, value)                   \
  do {                                                      \
    smp_mb();                                               \
    *(volatile __typeof__(*(pointer))*)(pointer) = (value); \
  } while (0)
#define smp_load_acquire(pointer) (*(volatile __typeof__(*(pointer))*)(pointer))

#endif
