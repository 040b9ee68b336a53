using System.Globalization;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Pipeline;

/// <summary>Notes in the trace by which branches are found again: the role of a call, and under <see cref="TraceNotes.Reads"/> the call whose text it read.</summary>
internal static class RoleNotes
{
    public const string Role = "malt.role";

    /// <summary>Reads a response and notes its role and parent.</summary>
    /// <param name="step">Step of the call.</param>
    /// <param name="response">The response.</param>
    /// <param name="index">Place among all texts of the role.</param>
    /// <param name="role">The role.</param>
    /// <param name="parent">Node of the call whose text was read; null for the generator.</param>
    public static Candidate Read(IReasoningContext step, ChatResponse response, int index, MaltRole role, int? parent)
    {
        Candidate candidate = CandidateSampler.Read(step, response, index);
        if (response.TraceNodeId() is { } node)
        {
            step.Note(node, Role, RolePrompt.NameOf(role));
            if (parent is { } above)
            {
                step.Note(node, TraceNotes.Reads, above.ToString(CultureInfo.InvariantCulture));
            }
        }

        return candidate;
    }
}
