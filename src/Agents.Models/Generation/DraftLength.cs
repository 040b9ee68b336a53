namespace Agents.Models.Generation;

/// <summary>How far ahead a sample guesses: further after guesses that were all right, less after wrong ones, and not at all for a while after repeated failure.</summary>
internal struct DraftLength
{
    private const int First = 4;
    private const int LongestPause = 32;

    private int _length;
    private int _failures;
    private int _pause;

    /// <summary>Returns the number of guesses for the next step.</summary>
    /// <param name="most">Largest number; 0 switches guessing off.</param>
    public int Next(int most)
    {
        if (_pause > 0)
        {
            _pause--;
            return 0;
        }

        return Math.Min(most, _length == 0 ? First : _length);
    }

    /// <summary>Takes in what became of the guesses.</summary>
    /// <param name="guessed">Number of guesses.</param>
    /// <param name="accepted">How many of them were right.</param>
    public void Learn(int guessed, int accepted)
    {
        if (guessed == 0)
        {
            return;
        }

        if (accepted == guessed)
        {
            _length = Math.Max(First, 2 * guessed);
        }
        else if (accepted > 0)
        {
            _length = Math.Max(2, accepted + 1);
        }

        _failures = accepted == 0 ? _failures + 1 : 0;
        if (_failures > 0)
        {
            _length = 2;
            _pause = Math.Min(LongestPause, (1 << Math.Min(_failures, 6)) - 2);
        }
    }
}
