// Which builds an ARM CPU is found to run, against what is known of the CPU from elsewhere: the
// environment variable BITNET_TEST_BEST_BUILD where the test runs under an emulator that was told
// which CPU to be, /proc/cpuinfo on a real one.
#include <cstdlib>
#include <fstream>

#include "kernels/registry.h"
#include "test/check.h"

namespace {

std::string best_build() { return bitnet::kernel_at(bitnet::kernel_best()).name; }

// The word in the line "Features : fp asimd ..." of each core.
bool listed(const char* feature) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Features", 0) == 0) {
      return (line + " ").find(" " + std::string(feature) + " ") != std::string::npos;
    }
  }
  return false;
}

}  // namespace

TEST("the builds are listed from the slowest to the fastest") {
  const char* const names[] = {"scalar", "neon", "neon-dotprod", "neon-i8mm"};
  REQUIRE(bitnet::kernel_count() == 4);
  for (uint32_t i = 0; i < 4; ++i) CHECK(std::strcmp(bitnet::kernel_at(i).name, names[i]) == 0);
}

TEST("the best build is the fastest that the CPU has the instructions for") {
  const char* const told = std::getenv("BITNET_TEST_BEST_BUILD");
  std::string expected = "neon";
  if (told != nullptr) {
    expected = told;
  } else if (listed("asimddp")) {
    expected = listed("i8mm") ? "neon-i8mm" : "neon-dotprod";
  }
  std::printf("best build: %s\n", best_build().c_str());
  CHECK(best_build() == expected);
}

TEST("NEON is runnable on every aarch64 CPU") {
  CHECK(bitnet::kernel_runnable(0));
  CHECK(bitnet::kernel_runnable(1));
}
