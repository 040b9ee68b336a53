using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>A call of a tool that an assistant turn asks for.</summary>
/// <param name="Id">Identity that the result refers to; null when there is none. Some templates insist on nine letters and digits.</param>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">The arguments, a JSON object.</param>
public sealed record ChatToolCall(string? Id, string Name, JsonElement Arguments);
