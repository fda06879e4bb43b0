#include <cstdio>

#include "kernels/registry.h"
#include "test/builds.h"

std::vector<TestBuild> test_builds() {
  static bool said = false;
  std::vector<TestBuild> builds;
  for (uint32_t i = 0; i < bitnet::kernel_count(); ++i) {
    const bitnet::KernelTable& table = bitnet::kernel_at(i);
    if (bitnet::kernel_runnable(i)) builds.push_back({table.name, &table});
    if (!said) {
      std::printf("build %s: %s\n", table.name,
                  bitnet::kernel_runnable(i) ? "tested" : "NOT RUN, this CPU cannot");
    }
  }
  said = true;
  return builds;
}
