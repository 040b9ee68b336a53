using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>How a model is written as GGUF.</summary>
public sealed record GgufSaveOptions
{
    /// <summary>Gets the name written as <c>general.name</c>. Default "model".</summary>
    public string Name { get; init; } = "model";

    /// <summary>
    /// Gets the element type of matrices: any that <see cref="BlockFormats"/> has. Default F32. Norms and biases are always F32; rows that are no whole number of
    /// blocks get the substitute of <see cref="MatrixTypes.Fallback"/>.
    /// </summary>
    public ElementType Type { get; init; } = ElementType.F32;

    /// <summary>Gets a rule that decides the type of every matrix instead of <see cref="Type"/>, such as <see cref="MatrixTypes.Q4KM"/>. Default null.</summary>
    public MatrixTypes? Types { get; init; }
}
