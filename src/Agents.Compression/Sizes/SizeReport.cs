using System.Collections.Immutable;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Compression.Sizes;

/// <summary>What a model takes on disk, with everything counted: scales, norms, biases, embeddings and auxiliary tables.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="FileBytes">Length of the weight files, headers and metadata included.</param>
/// <param name="Tensors">All tensors in file order.</param>
public sealed record SizeReport(string Path, long FileBytes, ImmutableArray<TensorSize> Tensors)
{
    /// <summary>Gets the number of parameters. Auxiliary tables (rotary divisors) are stored but are no parameters.</summary>
    public long Parameters => Tensors.Where(IsParameter).Sum(tensor => tensor.Elements);

    /// <summary>Gets the bytes of all tensors, auxiliary ones included.</summary>
    public long TensorBytes => Tensors.Sum(tensor => tensor.Bytes);

    /// <summary>Gets the bytes that are not tensor data: header, metadata (the vocabulary above all) and padding.</summary>
    public long OverheadBytes => FileBytes - TensorBytes;

    /// <summary>Gets the stored bits per parameter: all tensor bytes, whatever they hold, over the number of parameters.</summary>
    public double BitsPerWeight => Parameters == 0 ? 0 : 8.0 * TensorBytes / Parameters;

    /// <summary>Reads the sizes of a model; the weights themselves are not read.</summary>
    /// <param name="path">A GGUF file, a safetensors file or index, or a folder with safetensors.</param>
    /// <returns>The report.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, hostile, or no model file.</exception>
    /// <exception cref="CompressionException">A tensor's element type has an unknown size.</exception>
    public static SizeReport Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return IsGguf(path) ? ReadGguf(path) : ReadSafetensors(path);
    }

    /// <summary>Whether a path is a file that begins as GGUF files do, or is named like one.</summary>
    /// <param name="path">Any path; need not exist.</param>
    internal static bool IsGguf(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        bool named = path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        if (named || !File.Exists(path))
        {
            return named;
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("GGUF"u8);
    }

    private static bool IsParameter(TensorSize tensor) => tensor.Name != GgufTensorNames.RopeDivisors;

    private static SizeReport ReadGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        var tensors = ImmutableArray.CreateBuilder<TensorSize>(file.Tensors.Count);
        foreach (GgufTensor tensor in file.Tensors)
        {
            if (!BlockLayouts.TryGet(tensor.Type, out _))
            {
                throw new CompressionException(
                    $"{path}: tensor '{tensor.Name}' is stored as {BlockLayouts.NameOf(tensor.Type)}, whose size this build does not know.");
            }

            tensors.Add(new TensorSize(tensor.Name, tensor.Type.ToString(), tensor.Shape, tensor.ElementCount, tensor.ByteCount));
        }

        return new SizeReport(path, file.Length, tensors.MoveToImmutable());
    }

    private static SizeReport ReadSafetensors(string path)
    {
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(path);
        var tensors = ImmutableArray.CreateBuilder<TensorSize>(checkpoint.Names.Count);
        foreach (string name in checkpoint.Names)
        {
            SafetensorsTensor tensor = checkpoint.GetTensor(name);
            tensors.Add(new TensorSize(name, tensor.DataType, tensor.Shape, tensor.ElementCount, tensor.ByteCount));
        }

        return new SizeReport(path, checkpoint.Files.Sum(file => new FileInfo(file.Name).Length), tensors.MoveToImmutable());
    }
}
