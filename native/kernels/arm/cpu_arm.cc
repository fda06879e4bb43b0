// What an aarch64 CPU can run. Its feature registers are closed to user programs on most systems, so
// the operating system is asked.
#include "kernels/cpu.h"
#include "include/bitnet_kernels.h"

#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif

namespace bitnet {
namespace {

// The numbers are part of each system's binary interface; older headers lack the names.
#if defined(__linux__)
bool has_dotprod() { return (getauxval(AT_HWCAP) & 1ul << 20) != 0; }   // HWCAP_ASIMDDP
bool has_i8mm() { return (getauxval(AT_HWCAP2) & 1ul << 13) != 0; }     // HWCAP2_I8MM
#elif defined(__APPLE__)
bool has(const char* name) {
  int value = 0;
  size_t bytes = sizeof value;
  return sysctlbyname(name, &value, &bytes, nullptr, 0) == 0 && value != 0;
}
bool has_dotprod() { return has("hw.optional.arm.FEAT_DotProd"); }
bool has_i8mm() { return has("hw.optional.arm.FEAT_I8MM"); }
#elif defined(_WIN32)
bool has_dotprod() { return IsProcessorFeaturePresent(43); }  // PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE
bool has_i8mm() { return IsProcessorFeaturePresent(66); }     // PF_ARM_V82_I8MM_INSTRUCTIONS_AVAILABLE
#else
bool has_dotprod() { return false; }
bool has_i8mm() { return false; }
#endif

}  // namespace

uint64_t cpu_features() {
  uint64_t features = 0;
  if (has_dotprod()) features |= BN_CPU_DOTPROD;
  if (has_i8mm()) features |= BN_CPU_I8MM;
  return features;
}

}  // namespace bitnet
