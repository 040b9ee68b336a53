namespace Agents.Compression.Quantization;

/// <summary>A quantization method was asked for that is not registered.</summary>
public sealed class QuantizationMethodNotFoundException : CompressionException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public QuantizationMethodNotFoundException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">The unknown id and the nearest known ones.</param>
    public QuantizationMethodNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">The unknown id and the nearest known ones.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public QuantizationMethodNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
