namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents export</c>.</summary>
/// <param name="Output">The file or folder that was written.</param>
/// <param name="Format">gguf or safetensors.</param>
/// <param name="Type">Element type of the matrices.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Size on disk.</param>
internal sealed record ExportDocument(string Output, string Format, string Type, int Tensors, long Bytes);
