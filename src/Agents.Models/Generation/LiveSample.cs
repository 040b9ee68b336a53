using Agents.Models.Cache;

namespace Agents.Models.Generation;

/// <summary>One sample that is being decoded: its cache, its random stream, and its tokens so far.</summary>
internal sealed class LiveSample : IDisposable
{
    private readonly int[] _tokens;
    private readonly int _promptLength;

    public LiveSample(int index, KvSequence cache, SampleStream stream, ReadOnlySpan<int> prompt, int mostTokens, int patterns)
    {
        Index = index;
        Cache = cache;
        Stream = stream;
        StopStates = new int[patterns];
        _tokens = new int[prompt.Length + mostTokens];
        _promptLength = prompt.Length;
        prompt.CopyTo(_tokens);
        Length = prompt.Length;
    }

    public int Index { get; }

    public KvSequence Cache { get; }

    public SampleStream Stream;

    public int[] StopStates { get; }

    /// <summary>Gets prompt and completion length together.</summary>
    public int Length { get; private set; }

    public int CompletionLength => Length - _promptLength;

    public bool Finished { get; set; }

    public ReadOnlySpan<int> History => _tokens.AsSpan(0, Length);

    public ReadOnlySpan<int> LastToken => _tokens.AsSpan(Length - 1, 1);

    public void Append(int token) => _tokens[Length++] = token;

    public void Dispose() => Cache.Dispose();
}
