namespace Agents.Plugins.Sift.Predictions;

/// <summary>How several samples enter (papers/49 §2.2).</summary>
public enum SiftCoupling
{
    /// <summary>One greedy sample of everything: the method.</summary>
    None = 0,

    /// <summary>Several stickers; each view votes over their predictions, then the votes are compared.</summary>
    Sticker = 1,

    /// <summary>One sticker; each view votes over several predictions, then the votes are compared.</summary>
    Prediction = 2,

    /// <summary>Everything several times; the results vote.</summary>
    Sift = 3,
}
