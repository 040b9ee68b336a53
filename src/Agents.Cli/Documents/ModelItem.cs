using System.Text.Json.Serialization;

namespace Agents.Cli.Documents;

/// <summary>A model as the <c>models</c> commands show it.</summary>
internal sealed record ModelItem
{
    /// <summary>Gets the name to pass to <c>--model</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets where it comes from: embedded, home, file or created.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the file or folder.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the file format: gguf or safetensors.</summary>
    public required string Format { get; init; }

    /// <summary>Gets the size on disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets sizes and architecture; absent in lists, where files are not opened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelDetails? Details { get; init; }
}
