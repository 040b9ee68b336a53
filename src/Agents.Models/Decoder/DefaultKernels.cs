using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Models.Decoder;

/// <summary>The kernels a model uses unless told otherwise; one instance per process, so that all models share its threads.</summary>
internal static class DefaultKernels
{
    private static readonly Lazy<SimdKernels> Shared = new(() => new SimdKernels(new ComputePool()));

    public static IKernels<float> Single => Shared.Value;
}
