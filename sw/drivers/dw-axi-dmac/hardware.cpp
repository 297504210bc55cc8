// Register sequences. Registers are written whole and 64 bits wide where they are: write-enable bits keep a
// write to one channel from touching another, so nothing is read, changed and written back.
#include <linux/delay.h>
#include <linux/io.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr unsigned kResetPolls = 1000;  // x 1 us
constexpr unsigned kSuspendPolls = 100;

u64 read(const Chip* chip, u32 offset) { return ioread64(chip->regs + offset); }
void write(const Chip* chip, u32 offset, u64 value) { iowrite64(value, chip->regs + offset); }
void write(const Channel* c, u32 offset, u64 value) { iowrite64(value, c->regs + offset); }
// Registers that channels share and that have no write enables.
void change_select(Chip* chip, u32 offset, u32 mask, u32 value) {
  unsigned long flags;
  spin_lock_irqsave(&chip->select_lock, flags);
  const u32 old = ioread32(chip->select + offset);
  if ((old & mask) != value) iowrite32((old & ~mask) | value, chip->select + offset);
  spin_unlock_irqrestore(&chip->select_lock, flags);
}

u32 read_low(const Channel* c, u32 offset) { return ioread32(c->regs + offset); }
void write_low(const Channel* c, u32 offset, u32 value) { iowrite32(value, c->regs + offset); }

// The channel says so when it writes single bytes or half-words to a peripheral.
void narrow_writes(Channel* c, const Descriptor* d) {
  if (!c->chip->select) return;
  const u64 width = d->to_device ? kDstTrWidth.of(Value<Ctl>{le64_to_cpu(d->first->item->ctl)}) : 3;
  const u32 bit = 1u << c->id;
  change_select(c->chip, select::kByteWrite, bit, width == 0 ? bit : 0);
  change_select(c->chip, select::kHalfwordWrite, bit, width == 1 ? bit : 0);
}

}  // namespace

bool hw_busy(Channel* c) { return c->chip->layout.is_set(read(c->chip, reg::kChEn), c->id); }

int hw_init(Chip* chip) {
  write(chip, reg::kReset, kResetBit);
  unsigned polls = 0;
  while (read(chip, reg::kReset) & kResetBit) {
    if (++polls > kResetPolls) return -ETIMEDOUT;
    udelay(1);
  }
  // The enables come out of reset all ones, so a channel is masked before anything can set its bits.
  for (unsigned i = 0; i < chip->channel_count; i++) hw_disarm(&chip->channels[i]);
  write(chip, reg::kCommonIntClear, kCommonErrors);
  write(chip, reg::kCfg, (kDmacEn(1) | kIntEn(1)).raw);
  return 0;
}

void hw_off(Chip* chip) {
  for (unsigned i = 0; i < chip->channel_count; i++) hw_disarm(&chip->channels[i]);
  write(chip, reg::kCfg, 0);
}

void hw_arm(Channel* c) {
  write_low(c, reg::kIntClear, irq::kAll);
  write_low(c, reg::kIntStatusEna, irq::kLatched);
  write_low(c, reg::kIntSignalEna, irq::kSignalled);
}

void hw_disarm(Channel* c) {
  write_low(c, reg::kIntSignalEna, 0);
  write_low(c, reg::kIntStatusEna, 0);
  write_low(c, reg::kIntClear, irq::kAll);
  c->configured = false;
}

void hw_start(Channel* c, Descriptor* d) {
  // Configuration follows the descriptor: what an earlier one of another kind left does not stay (M25).
  if (!c->configured || c->cfg != d->cfg) {
    write(c, reg::kChCfg, d->cfg.raw);
    c->cfg = d->cfg;
    c->configured = true;
  }
  if (d->started)
    for (LliNode* node = d->first; node; node = node->next) node->item->ctl |= cpu_to_le64(kLliValid(1).raw);
  d->started = true;
  d->held = false;
  d->vd.tx_result = {DMA_TRANS_NOERROR, 0};  // a reused one may have failed before
  if (d->cyclic) {
    d->oldest = d->first;
    d->late = 0;
    // LLP tells the first item from the last one by where the memory side stands (running_item).
    write(c, d->follow == Follow::kSource ? reg::kSar : reg::kDar, d->first->start);
  }
  narrow_writes(c, d);
  write(c, reg::kLlp, d->first->address);
  write(c->chip, reg::kChEn, c->chip->layout.write(c->id, true));
}

void hw_disable(Channel* c) { write(c->chip, reg::kChEn, c->chip->layout.write(c->id, false)); }

void hw_abort(Channel* c) {
  const Layout& layout = c->chip->layout;
  write(c->chip, layout.abort_register(), layout.write(c->id, true, layout.abort_shift()));
}

void hw_clear_status(Channel* c) { write_low(c, reg::kIntClear, irq::kAll); }

void hw_select(Channel* c) {
  if (!c->chip->select) return;
  const u32 number = c->handshake == kNoHandshake ? kSelectUnused : c->handshake;
  const unsigned shift = 8 * (c->id % 4);
  change_select(c->chip, select::kHandshake + c->id / 4 * 4, 0xFFu << shift, number << shift);
}

unsigned hw_interface(const Channel* c) { return c->chip->select ? c->id : c->handshake; }

unsigned hw_requests(const Chip* chip) {
  if (chip->select) return kSelectUnused;
  const unsigned named = chip->layout.handshakes();
  return chip->handshakes < named ? chip->handshakes : named;
}

void hw_fetch_again(Channel* c) { write(c, reg::kResumeReq, 1); }

int hw_suspend(Channel* c) {
  const Layout& layout = c->chip->layout;
  write_low(c, reg::kIntClear, irq::kSuspended);  // of an earlier attempt that was given up
  write(c->chip, layout.suspend_register(), layout.write(c->id, true, layout.suspend_shift()));
  for (unsigned i = 0; i < kSuspendPolls; i++) {
    const u32 status = read_low(c, reg::kChIntStatus);
    if (status & irq::kSuspended) {
      write_low(c, reg::kIntClear, irq::kSuspended);
      return 0;
    }
    // Ended before the suspension took hold: nothing runs, and the interrupt is on its way.
    if (status & (irq::kTransferDone | irq::kTransferErrors)) return 0;
    udelay(1);
  }
  hw_resume(c);
  return -EAGAIN;
}

void hw_resume(Channel* c) {
  const Layout& layout = c->chip->layout;
  write(c->chip, layout.suspend_register(), layout.write(c->id, false, layout.suspend_shift()));
}

}  // namespace dmavp::dw_axi_dmac
