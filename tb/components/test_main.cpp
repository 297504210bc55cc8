// Entry of a test program that links SystemC: its library has main() and calls this.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" int sc_main(int argc, char** argv);

extern "C" int sc_main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
