namespace Agents.Models.Decoder;

/// <summary>How the matrices of a model are kept in memory.</summary>
public enum WeightStorage
{
    /// <summary>In the element type of the file, rearranged for the kernels; products compute on stored blocks. For serving.</summary>
    AsStored = 0,

    /// <summary>Decoded to single precision in one flat buffer. For training and conversion.</summary>
    Single = 1,
}
