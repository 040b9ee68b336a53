namespace Agents.Runtime.Connectors;

/// <summary>Where a model comes from.</summary>
public enum ModelReferenceKind
{
    /// <summary>The model inside the product.</summary>
    Embedded = 0,

    /// <summary>A GGUF file.</summary>
    GgufFile = 1,

    /// <summary>A folder in Hugging Face layout.</summary>
    Folder = 2,

    /// <summary>An OpenAI-compatible endpoint.</summary>
    Endpoint = 3,
}
