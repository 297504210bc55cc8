// SPI masters with their chips, and I2S with their back ends.
#include "peripherals/flash_nor.h"
#include "peripherals/i2s.h"
#include "peripherals/ssi.h"
#include "peripherals/wav_file.h"
#include "platform/board/peripheral_parts.h"

namespace dmavp::platform {
namespace {

/// What SerialSlave gives to both.
template <class Model>
class SerialPeripheral : public Peripheral {
 public:
  template <class... Arguments>
  explicit SerialPeripheral(Arguments&&... arguments) : model_(std::forward<Arguments>(arguments)...) {}

  tlm::tlm_target_socket<>& socket() override { return model_.socket; }
  InterruptOutput::Port& interrupt() override { return model_.irq; }
  Handshake receive() override { return {&model_.dma_rx, &model_.dma_rx_ack}; }
  Handshake transmit() override { return {&model_.dma_tx, &model_.dma_tx_ack}; }
  void set_observer(Observer* observer) override { model_.set_observer(observer); }
  void set_fault_point(FaultPoint* hook) override { model_.set_fault_point(hook); }
  const RegisterBank& bank() const override { return model_.bank(); }
  void synchronize() override { model_.synchronize(); }

 protected:
  Model model_;
};

class SpiPeripheral : public SerialPeripheral<DwApbSsi> {
 public:
  explicit SpiPeripheral(const PeripheralPlan& plan)
      : SerialPeripheral(plan.module_name, plan.description.spi, Clock(plan.description.clock_hz)) {
    for (const SpiChip& chip : plan.description.chips) {
      if (chip.flash) {
        add_flash(plan, chip);
      } else {
        model_.attach(chip.select, &loopback_);
      }
    }
  }

  void set_observer(Observer* observer) override {
    SerialPeripheral::set_observer(observer);
    for (const Flash& flash : flashes_) flash.model->set_observer(observer);
  }

  std::vector<Counter> counters() const override {
    const ssi::Losses& l = model_.losses();
    std::vector<Counter> all{{"transfers", model_.traffic().transfers},
                             {"frames", model_.traffic().frames},
                             {"rx_overrun", l.rx_overrun, true},
                             {"tx_overflow", l.tx_overflow, true},
                             {"tx_ignored", l.tx_ignored, true},
                             {"rx_underflow", l.rx_underflow, true},
                             {"tx_starved", l.tx_starved, true},
                             {"tx_starved_ps", l.tx_starved_time},
                             {"transfers_cut", l.transfers_cut, true},
                             {"tx_flushed", l.tx_flushed},
                             {"rx_flushed", l.rx_flushed}};
    for (const Flash& flash : flashes_) {
      const FlashCounts& c = flash.model->counts();
      const auto add = [&](const char* name, std::uint64_t value, bool loss = false) {
        all.push_back({flash.name + "." + name, value, loss});
      };
      add("commands", c.commands);
      add("bytes_read", c.bytes_read);
      add("bytes_programmed", c.bytes_programmed);
      add("programs", c.programs);
      add("erases", c.erases);
      add("unknown", c.unknown);
      add("while_busy", c.while_busy);
      add("without_latch", c.without_latch);
      add("refused", c.refused);
      add("cut", c.cut, true);
      add("too_fast", c.too_fast);
    }
    return all;
  }

  void save() const override {
    for (const Flash& flash : flashes_) {
      if (!flash.save.empty()) flash.model->save_image(flash.save);
    }
  }

 private:
  struct Flash {
    std::string name;
    std::string save;
    std::unique_ptr<SpiNorFlash> model;
  };

  void add_flash(const PeripheralPlan& plan, const SpiChip& chip) {
    auto flash = std::make_unique<SpiNorFlash>(chip.name, chip.settings.parameters);
    if (!chip.settings.image.empty()) {
      plan.guard("dmavp,image", [&] { flash->load_image(plan.input_file(chip.settings.image)); });
    }
    model_.attach(chip.select, flash.get());
    flashes_.push_back({chip.name, chip.settings.save, std::move(flash)});
  }

  SpiLoopback loopback_;
  std::vector<Flash> flashes_;
};

class I2sPeripheral : public SerialPeripheral<DwApbI2s> {
 public:
  explicit I2sPeripheral(const PeripheralPlan& plan)
      : SerialPeripheral(plan.module_name, plan.description.i2s.parameters, Clock(plan.description.bus_hz),
                         Clock(plan.description.clock_hz)),
        wav_out_(plan.description.i2s.wav_out) {
    const I2sSettings& settings = plan.description.i2s;
    if (!wav_out_.empty()) {
      recorder_ =
          std::make_unique<I2sWavSink>(settings.wav_rate, static_cast<std::uint16_t>(settings.wav_bits));
    }
    switch (settings.backend) {
      case I2sBackend::kSilence:
      case I2sBackend::kPeer:
        break;
      case I2sBackend::kLoopback:
        source_ = std::make_unique<I2sLoopback>();
        break;
      case I2sBackend::kTone:
        source_ = std::make_unique<I2sTone>(settings.tone_hz, settings.wav_rate, kToneAmplitude);
        break;
      case I2sBackend::kWav:
        plan.guard("dmavp,wav-in",
                   [&] { source_ = std::make_unique<I2sWavSource>(plan.input_file(settings.wav_in)); });
        break;
    }
    use_line();
  }

  void clock(I2sPeripheral& slave) {
    source_ = std::make_unique<I2sLink>(slave.model_);
    use_line();
  }

  std::vector<Counter> counters() const override {
    const i2s::Losses& l = model_.losses();
    return {{"frames", model_.frames()},
            {"rx_overrun", l.rx_overrun, true},
            {"tx_overflow", l.tx_overflow, true},
            {"tx_ignored", l.tx_ignored, true},
            {"rx_underflow", l.rx_underflow, true},
            {"underruns", l.underruns, true},
            {"underrun_frames", l.underrun_frames},
            {"frames_cut", l.frames_cut},
            {"tx_flushed", l.tx_flushed},
            {"rx_flushed", l.rx_flushed}};
  }

  void save() const override {
    if (recorder_ != nullptr) recorder_->save(wav_out_);
  }

 private:
  static constexpr std::int32_t kToneAmplitude = 1 << 30;

  void use_line() {
    line_ = std::make_unique<I2sSplit>(recorder_.get(), source_.get());
    model_.set_line(line_.get());
  }

  std::string wav_out_;
  std::unique_ptr<I2sWavSink> recorder_;
  std::unique_ptr<I2sLine> source_;
  std::unique_ptr<I2sSplit> line_;
};

}  // namespace

std::unique_ptr<Peripheral> make_spi(const PeripheralPlan& plan) {
  return std::make_unique<SpiPeripheral>(plan);
}

std::unique_ptr<Peripheral> make_i2s(const PeripheralPlan& plan) {
  return std::make_unique<I2sPeripheral>(plan);
}

void join_i2s(Peripheral& master, Peripheral& slave) {
  dynamic_cast<I2sPeripheral&>(master).clock(dynamic_cast<I2sPeripheral&>(slave));
}

}  // namespace dmavp::platform
