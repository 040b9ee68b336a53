using Agents.Numerics.Kernels;

namespace Agents.Models.Decoder;

/// <summary>The kernels a model uses unless told otherwise; one instance per process, so that all models share its threads.</summary>
internal static class DefaultKernels
{
    public static IKernels<float> Single { get; } = new ReferenceKernels<float>();
}
