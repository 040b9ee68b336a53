namespace Agents.Models.Checkpoints;

/// <summary>What decides how a matrix of a model file is stored.</summary>
/// <param name="Name">Name of the tensor in the GGUF file.</param>
/// <param name="RowLength">Elements per row.</param>
/// <param name="Layers">Number of layers of the model.</param>
/// <param name="TiedEmbeddings">Whether the token embedding is the output matrix, too.</param>
public readonly record struct MatrixDescription(string Name, long RowLength, int Layers, bool TiedEmbeddings);
