using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agents.Models.Checkpoints;

namespace Agents.Models.Safetensors;

/// <summary>
/// A model in one or several safetensors files: a single file, an index (<c>model.safetensors.index.json</c> with a <c>weight_map</c> of
/// tensor name to file name), or a folder that holds one of the two. All files are opened and checked at once.
/// </summary>
public sealed class SafetensorsCheckpoint : IDisposable
{
    private const string IndexName = "model.safetensors.index.json";
    private const string SingleName = "model.safetensors";
    private const int MaximumIndexBytes = 64 << 20;

    private readonly List<SafetensorsFile> _files = [];
    private readonly OrderedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private SafetensorsCheckpoint(string path) => Path = path;

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>The open files.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyList<string> Names => _entries.Keys;

    /// <summary>Opens a model.</summary>
    /// <param name="path">A safetensors file, an index file, or a folder.</param>
    /// <returns>The open checkpoint; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file, or a shard is missing.</exception>
    /// <exception cref="ModelFormatException">A file is damaged or hostile, index and files disagree, or the model is a pickle checkpoint.</exception>
    public static SafetensorsCheckpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        SafetensorsCheckpoint checkpoint = new(path);
        try
        {
            string file = Directory.Exists(path) ? FindInFolder(path) : path;
            if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                checkpoint.OpenShards(file);
            }
            else
            {
                checkpoint.AddFile(file);
            }

            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tensor">The tensor; null when the result is false.</param>
    /// <returns>False when there is no such tensor.</returns>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor)
    {
        tensor = _entries.TryGetValue(name, out Entry entry) ? entry.Tensor : null;
        return tensor is not null;
    }

    /// <summary>A required tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="SafetensorsFormatException">There is no such tensor.</exception>
    public SafetensorsTensor GetTensor(string name) => Find(name).Tensor;

    /// <summary>The stored bytes of a tensor. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The bytes, at most 2 GiB.</returns>
    /// <exception cref="SafetensorsFormatException">There is no such tensor, or it is larger than a span can be.</exception>
    public ReadOnlySpan<byte> Data(string name)
    {
        Entry entry = Find(name);
        return entry.File.Data(entry.Tensor);
    }

    /// <summary>Decodes a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <param name="destination">Receives the values, row-major; exactly as long as the tensor has elements.</param>
    /// <exception cref="SafetensorsFormatException">There is no such tensor, or its type is none of F32, F16 and BF16.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void ReadFloats(string name, Span<float> destination)
    {
        Entry entry = Find(name);
        entry.File.ReadFloats(entry.Tensor, destination);
    }

    /// <summary>Where a matrix lies.</summary>
    /// <param name="name">The name of a tensor with two dimensions, in F32, F16 or BF16.</param>
    internal StoredTensor Stored(string name)
    {
        Entry entry = Find(name);
        return entry.File.Stored(entry.Tensor);
    }

    /// <summary>Closes all files.</summary>
    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private static string FindInFolder(string folder)
    {
        foreach (string name in (ReadOnlySpan<string>)[IndexName, SingleName])
        {
            string candidate = System.IO.Path.Combine(folder, name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        // A folder with nothing but pickle files deserves the reason, not "not found".
        string? pickle = Directory.EnumerateFiles(folder).Where(PickleCheckpoint.IsName).Order(StringComparer.Ordinal).FirstOrDefault();
        if (pickle is not null)
        {
            PickleCheckpoint.RefuseByName(pickle);
        }

        throw new FileNotFoundException($"{folder}: holds neither {SingleName} nor {IndexName}.", folder);
    }

    private void OpenShards(string indexPath)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(indexPath))!;
        Dictionary<string, string> map = ReadIndex(indexPath);
        foreach (string shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            // An index comes with the model: it may name its neighbours, not any file of the machine.
            if (shard.Length == 0 || shard is "." or ".." || shard.AsSpan().IndexOfAny("/\\:\0") >= 0)
            {
                throw new SafetensorsFormatException($"{indexPath}: names the shard '{shard}', expected a plain file name in the same folder.");
            }

            AddFile(System.IO.Path.Combine(folder, shard));
        }

        foreach ((string name, string shard) in map)
        {
            if (!_entries.TryGetValue(name, out Entry entry) || System.IO.Path.GetFileName(entry.File.Name) != shard)
            {
                throw new SafetensorsFormatException($"{indexPath}: places tensor '{name}' in '{shard}', which does not hold it.");
            }
        }
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException($"{path}: no such model index.", path);
        }

        if (info.Length > MaximumIndexBytes)
        {
            throw new SafetensorsFormatException($"{path}: {info.Length} bytes, expected an index of at most {MaximumIndexBytes}.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8 });
            Dictionary<string, string> map = new(StringComparer.Ordinal);
            foreach (JsonProperty entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? string.Empty))
                {
                    throw new SafetensorsFormatException($"{path}: tensor '{entry.Name}' occurs twice.");
                }
            }

            return map;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SafetensorsFormatException($"{path}: is no model index with a weight_map of tensor name to file name: {exception.Message}", exception);
        }
    }

    private void AddFile(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (!_entries.TryAdd(tensor.Name, new Entry(file, tensor)))
            {
                throw new SafetensorsFormatException($"{Path}: tensor '{tensor.Name}' is in two files.");
            }
        }
    }

    private Entry Find(string name) =>
        _entries.TryGetValue(name, out Entry entry)
            ? entry
            : throw new SafetensorsFormatException($"{Path}: tensor '{name}' is missing ({_entries.Count} tensors are there).");

    private readonly record struct Entry(SafetensorsFile File, SafetensorsTensor Tensor);
}
