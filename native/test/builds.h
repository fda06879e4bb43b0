// The kernel builds that a test program exercises: those of the library that this CPU runs, or, in
// the emulated variants, builds whose instructions a library imitates.
#ifndef BITNET_TEST_BUILDS_H
#define BITNET_TEST_BUILDS_H

#include <vector>

#include "kernels/table.h"

struct TestBuild {
  const char* label;
  const bitnet::KernelTable* table;
};

std::vector<TestBuild> test_builds();

#endif
