namespace Agents.Benchmarks.Experiments;

/// <summary>Calls at once, on the thread that reports.</summary>
/// <typeparam name="T">What is reported.</typeparam>
/// <param name="call">Told about it.</param>
internal sealed class Observer<T>(Action<T> call) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => call(value);
}
