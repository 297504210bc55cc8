#ifndef DMAVP_LINUX_FWNODE_H
#define DMAVP_LINUX_FWNODE_H

/* Firmware's view of a device; here always a part of a device-tree node. */
struct fwnode_handle {
  struct fwnode_handle* secondary;
};

#endif
