#include <cstdio>

#include "kernels/cpu.h"
#include "test/builds.h"

namespace bitnet {
extern const KernelTable emulated_avxvnni;
extern const KernelTable emulated_avx512;
extern const KernelTable emulated_avx512vnni;
}  // namespace bitnet

std::vector<TestBuild> test_builds() {
  std::vector<TestBuild> builds;
  for (const auto* table :
       {&bitnet::emulated_avxvnni, &bitnet::emulated_avx512, &bitnet::emulated_avx512vnni}) {
    const bool runnable = (bitnet::cpu_features() & table->requirements) == table->requirements;
    if (runnable) builds.push_back({table->name, table});
    if (!runnable) std::printf("build %s: NOT RUN, this CPU cannot\n", table->name);
  }
  return builds;
}
