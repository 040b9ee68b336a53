using Microsoft.Extensions.AI;

namespace Agents.Runtime.Prompts;

/// <summary>One message of a prompt file.</summary>
/// <param name="Role">Role of the message.</param>
/// <param name="Template">Handlebars template without a trailing newline.</param>
/// <param name="Line">Line of the template in its file, from 1.</param>
public sealed record PromptMessage(ChatRole Role, string Template, int Line = 1);
