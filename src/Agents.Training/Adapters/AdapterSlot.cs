namespace Agents.Training.Adapters;

/// <summary>Where the trained numbers of one weight lie in the flat arrays of an adapter.</summary>
/// <param name="Name">Hugging Face name of the weight.</param>
/// <param name="Index">Position of the weight among all tensors of the model.</param>
/// <param name="Rank">Rank r.</param>
/// <param name="Inputs">Columns of the weight.</param>
/// <param name="Outputs">Rows of the weight.</param>
/// <param name="Scale">Factor of the product B·A.</param>
/// <param name="OffsetA">Start of A, [rank, inputs].</param>
/// <param name="OffsetB">Start of B, [outputs, rank].</param>
/// <param name="OffsetMagnitude">Start of the magnitudes, [outputs]; −1 where there are none.</param>
public sealed record AdapterSlot(string Name, int Index, int Rank, int Inputs, int Outputs, float Scale, long OffsetA, long OffsetB, long OffsetMagnitude);
