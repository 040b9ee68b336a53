namespace Agents.Tracing;

/// <summary>Notes on trace nodes that more than one part of the system reads.</summary>
public static class TraceNotes
{
    /// <summary>
    /// Id of the call whose text this call read to improve, judge or continue it. Credit flows along these links: a text is worth what was made of it.
    /// Texts that read the same call are siblings.
    /// </summary>
    public const string Reads = "reads";

    /// <summary>Place of a candidate answer among its siblings, from 1.</summary>
    public const string Candidate = "candidate";

    /// <summary>The canonical final answer in a text.</summary>
    public const string Answer = "answer";
}
