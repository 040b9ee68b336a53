using System.Text;
using Agents.Fuzzing.Engine;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Fuzzing.Targets;

/// <summary>Safetensors files: header and the data of every tensor.</summary>
public sealed class SafetensorsTarget : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "safetensors";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
        [.. ((string[])["{", "}", "[", "]", ",", "\"", "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":", "\"F32\"", "\"F16\"", "\"BF16\"", "\"F64\"", "\"I8\"", "[0,0]", "[4294967296,4294967296]"])
            .Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds()
    {
        using MemoryStream stream = new();
        using SafetensorsWriter writer = new(stream);
        writer.AddMetadata("format", "pt");
        writer.DeclareTensor("a", ElementType.F32, 3, 5);
        writer.DeclareTensor("b", ElementType.BF16, 4);
        writer.DeclareTensor("c", ElementType.F16, 2, 2, 2);
        writer.WriteFloats("a", new float[15]);
        writer.WriteFloats("b", new float[4]);
        writer.WriteFloats("c", new float[8]);
        writer.Commit();
        return [stream.ToArray()];
    }

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(input), "input.safetensors");
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            ReadOnlySpan<byte> data = file.Data(tensor);
            if (!data.IsEmpty)
            {
                _ = data[0] + data[^1];
            }

            if (tensor.Type is not null && tensor.ElementCount < 1 << 16)
            {
                file.ReadFloats(tensor, new float[tensor.ElementCount]);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is ModelFormatException;
}
