namespace Agents.Programs.Execution;

/// <summary>Sees each line of a run after it was executed.</summary>
internal interface ILineObserver
{
    /// <summary>A line is done.</summary>
    /// <param name="line">Number from 1.</param>
    /// <param name="variables">Values by slot; null where a name has none yet. Valid during the call only.</param>
    /// <param name="outcome">Which way a test went; null for other lines.</param>
    void Done(int line, ReadOnlySpan<ProgramValue?> variables, bool? outcome);

    /// <summary>A line ended the run with a failure.</summary>
    /// <param name="line">Number from 1.</param>
    /// <param name="variables">Values by slot.</param>
    void Failed(int line, ReadOnlySpan<ProgramValue?> variables);
}
