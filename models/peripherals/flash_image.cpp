// Image files of the SPI NOR flash.
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "peripherals/flash_nor.h"

namespace dmavp {

void SpiNorFlash::load_image(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  std::vector<std::unique_ptr<Block>> blocks(blocks_.size());
  std::size_t used = 0;
  while (file.peek() != std::ifstream::traits_type::eof()) {
    if (used == blocks.size()) {
      throw std::runtime_error(path + ": larger than the flash, which has " +
                               std::to_string(parameters_.size) + " bytes");
    }
    blocks[used] = std::make_unique<Block>();
    blocks[used]->fill(0xFF);
    file.read(reinterpret_cast<char*>(blocks[used]->data()), kBlock);
    ++used;
  }
  if (file.bad()) throw std::runtime_error(path + ": cannot be read");
  blocks_ = std::move(blocks);
}

void SpiNorFlash::save_image(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  Block erased;
  erased.fill(0xFF);
  for (const auto& block : blocks_) {
    const Block& bytes = block ? *block : erased;
    file.write(reinterpret_cast<const char*>(bytes.data()), kBlock);
  }
  file.close();
  if (!file) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace dmavp
