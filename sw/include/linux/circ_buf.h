/* A ring of a power-of-two number of bytes; one place stays free. */
#ifndef DMAVP_LINUX_CIRC_BUF_H
#define DMAVP_LINUX_CIRC_BUF_H

struct circ_buf {
  char* buf;
  int head; /* next place to fill */
  int tail; /* oldest byte */
};

#define CIRC_CNT(head, tail, size) (((head) - (tail)) & ((size)-1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail), ((head) + 1), (size))
/* As much of it as lies in one piece. */
#define CIRC_CNT_TO_END(head, tail, size) \
  (CIRC_CNT((head), (tail), (size)) < (size) - (tail) ? CIRC_CNT((head), (tail), (size)) : (size) - (tail))
#define CIRC_SPACE_TO_END(head, tail, size)                                                            \
  (CIRC_SPACE((head), (tail), (size)) < (size) - (head) - !(tail) ? CIRC_SPACE((head), (tail), (size)) \
                                                                  : (size) - (head) - !(tail))

#endif
