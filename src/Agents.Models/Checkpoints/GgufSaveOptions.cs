using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>How a model is written as GGUF.</summary>
public sealed record GgufSaveOptions
{
    /// <summary>Gets the name written as <c>general.name</c>. Default "model".</summary>
    public string Name { get; init; } = "model";

    /// <summary>Gets the element type of matrices: F32, F16, BF16 or Q8_0. Default F32. Norms and biases are always F32, and so are rows that are no whole number of blocks.</summary>
    public ElementType Type { get; init; } = ElementType.F32;
}
