namespace Agents.Runtime.Learning;

/// <summary>Passes reports on at once and in order, unlike the built-in class, which posts to the thread pool.</summary>
/// <typeparam name="T">Type of a report.</typeparam>
/// <param name="tell">Receives the reports.</param>
internal sealed class StepReports<T>(Action<T> tell) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => tell(value);
}
