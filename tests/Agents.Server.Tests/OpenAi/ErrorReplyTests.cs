using Agents.Models.Serving;
using Agents.Server.OpenAi;
using Microsoft.AspNetCore.Http;

namespace Agents.Server.Tests.OpenAi;

public sealed class ErrorReplyTests
{
    [Fact]
    public void Translate_ModelIsBusy_AsksToTryAgain()
    {
        ApiErrorException shown = ErrorReply.Translate(new DefaultHttpContext(), new QueueFullException("2 requests wait for the model already."));

        Assert.Equal(StatusCodes.Status429TooManyRequests, shown.Status);
        Assert.Contains("2 requests wait", shown.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_RequestThatNeverFits_IsTheClientsError()
    {
        ApiErrorException shown = ErrorReply.Translate(new DefaultHttpContext(), new CacheTooSmallException("A sequence of 63 tokens needs 5 cache pages."));

        Assert.Equal(StatusCodes.Status400BadRequest, shown.Status);
        Assert.Contains("63 tokens", shown.Error.Message, StringComparison.Ordinal);
    }
}
