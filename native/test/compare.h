// Comparison of whole results, to the bit.
#ifndef BITNET_TEST_COMPARE_H
#define BITNET_TEST_COMPARE_H

#include "test/check.h"
#include "test/reference.h"

// One check: all n values equal as reference::same has it. A failure names the first that differs.
inline bool same_floats(const float* actual, const float* expected, uint64_t n, const char* text,
                        const char* file, int line) {
  ++check::checks;
  for (uint64_t i = 0; i < n; ++i) {
    if (reference::same(actual[i], expected[i])) continue;
    char message[300];
    std::snprintf(message, sizeof message,
                  "%s, element %llu of %llu\n    actual:   %.9g (%a)\n    expected: %.9g (%a)\n",
                  text, static_cast<unsigned long long>(i), static_cast<unsigned long long>(n),
                  static_cast<double>(actual[i]), static_cast<double>(actual[i]),
                  static_cast<double>(expected[i]), static_cast<double>(expected[i]));
    check::fail(file, line, message);
    return false;
  }
  return true;
}

#define CHECK_SAME(actual, expected, n) \
  same_floats((actual), (expected), (n), "CHECK_SAME(" #actual ", " #expected ")", __FILE__, __LINE__)

#endif
