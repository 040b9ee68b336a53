namespace Agents.Runtime.Connectors;

/// <summary>Which model a user asks for, as <c>--model</c> and the configuration spell it.</summary>
/// <param name="Kind">Where the model comes from.</param>
/// <param name="Name">The model's name: <c>tiny</c>, the file or folder name, or the name on the server.</param>
public sealed record ModelReference(ModelReferenceKind Kind, string Name)
{
    /// <summary>The name of the model inside the product.</summary>
    public const string EmbeddedName = "tiny";

    private const string EndpointPrefix = "openai:";
    private const string Forms = "Accepted: 'tiny' (the embedded model), a path to a .gguf file, a folder in Hugging Face layout, or 'openai:NAME@URL' such as openai:qwen3@http://127.0.0.1:8080/v1";

    /// <summary>Gets the full path of the file or folder; null for other kinds.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the base URL of the endpoint; null for other kinds.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Reads a reference.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <exception cref="ArgumentException">It is none of the accepted forms, or names a file that is not there.</exception>
    public static ModelReference Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"The model is empty. {Forms}.");
        }

        if (text == EmbeddedName)
        {
            return new ModelReference(ModelReferenceKind.Embedded, EmbeddedName);
        }

        if (text.StartsWith(EndpointPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return ParseEndpoint(text);
        }

        if (File.Exists(text))
        {
            return System.IO.Path.GetExtension(text).Equals(".gguf", StringComparison.OrdinalIgnoreCase)
                ? new ModelReference(ModelReferenceKind.GgufFile, System.IO.Path.GetFileNameWithoutExtension(text)) { Path = System.IO.Path.GetFullPath(text) }
                : throw new ArgumentException($"The model '{text}' is a file, but no .gguf file; name the folder of a safetensors checkpoint. {Forms}.");
        }

        if (Directory.Exists(text))
        {
            string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(text));
            return new ModelReference(ModelReferenceKind.Folder, System.IO.Path.GetFileName(full)) { Path = full };
        }

        throw new ArgumentException(
            text.Contains("://", StringComparison.Ordinal)
                ? $"The model '{text}' is a bare URL; write 'openai:NAME@{text}' with the model's name on that server. {Forms}."
                : $"The model '{text}' is unknown: there is no file or folder of this name. {Forms}.");
    }

    /// <summary>Returns the reference as a user would write it.</summary>
    public override string ToString() => Kind switch
    {
        ModelReferenceKind.Endpoint => $"{EndpointPrefix}{Name}@{Endpoint}",
        ModelReferenceKind.Embedded => EmbeddedName,
        _ => Path ?? Name,
    };

    private static ModelReference ParseEndpoint(string text)
    {
        // Names may hold '@' (and do on some servers); the URL starts at the one before its scheme.
        string rest = text[EndpointPrefix.Length..];
        int at = Math.Max(rest.LastIndexOf("@http://", StringComparison.OrdinalIgnoreCase), rest.LastIndexOf("@https://", StringComparison.OrdinalIgnoreCase));
        string name = at > 0 ? rest[..at].Trim() : "";
        if (name.Length == 0 || !Uri.TryCreate(rest[(at + 1)..], UriKind.Absolute, out Uri? endpoint) || endpoint.Host.Length == 0)
        {
            throw new ArgumentException($"The model '{text}' is no endpoint: expected 'openai:NAME@URL' with an http or https URL. {Forms}.");
        }

        return endpoint.UserInfo.Length == 0
            ? new ModelReference(ModelReferenceKind.Endpoint, name) { Endpoint = endpoint }
            : throw new ArgumentException("The endpoint's URL holds a user name or password; give the key in AGENTS_API_KEY instead.");
    }
}
