using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Tests.Connectors;

/// <summary>A real server on a loopback port that speaks the chat completion format; each test says how it answers.</summary>
internal sealed class OpenAIServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _count;

    private OpenAIServer(WebApplication app) => _app = app;

    public Uri Endpoint => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1");

    public ConcurrentQueue<JsonNode> Bodies { get; } = new();

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    /// <summary>Starts a server. The handler gets the request's number from 0.</summary>
    public static async Task<OpenAIServer> StartAsync(Func<HttpContext, int, Task> handle)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var server = new OpenAIServer(app);
        app.MapPost("/v1/chat/completions", async context =>
        {
            server.Bodies.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!);
            server.Authorizations.Enqueue(context.Request.Headers.Authorization);
            await handle(context, Interlocked.Increment(ref server._count) - 1);
        });
        await app.StartAsync();
        return server;
    }

    public static Uri RefusedEndpoint()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}/v1");
    }

    public static Task CompleteAsync(HttpContext context, params string[] texts)
    {
        var choices = new JsonArray([.. texts.Select((text, i) => new JsonObject
        {
            ["index"] = i,
            ["finish_reason"] = "stop",
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
        })]);
        return JsonAsync(context, choices, 10, 5 * texts.Length);
    }

    public static Task JsonAsync(HttpContext context, JsonArray choices, int prompt, int completion)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1_700_000_000,
            ["model"] = "served-model",
            ["choices"] = choices,
            ["usage"] = new JsonObject { ["prompt_tokens"] = prompt, ["completion_tokens"] = completion, ["total_tokens"] = prompt + completion },
        }.ToJsonString());
    }

    public static Task FailAsync(HttpContext context, int status, string message, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync(new JsonObject { ["error"] = new JsonObject { ["message"] = message } }.ToJsonString());
    }

    /// <summary>Sends server-sent events: each delta as one chunk, then finish, usage and [DONE] unless cut.</summary>
    public static async Task StreamAsync(HttpContext context, IReadOnlyList<JsonObject> deltas, string? finish = "stop")
    {
        context.Response.ContentType = "text/event-stream";
        foreach (JsonObject delta in deltas)
        {
            await SendAsync(context, delta, null, null);
        }

        if (finish is not null)
        {
            await SendAsync(context, [], finish, null);
            await SendAsync(context, null, null, new JsonObject { ["prompt_tokens"] = 10, ["completion_tokens"] = 3, ["total_tokens"] = 13 });
            await context.Response.WriteAsync("data: [DONE]\n\n");
        }
    }

    public static JsonObject Text(string text) => new() { ["content"] = text };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task SendAsync(HttpContext context, JsonObject? delta, string? finish, JsonObject? usage)
    {
        JsonArray choices = delta is null ? [] : [new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }];
        var chunk = new JsonObject
        {
            ["id"] = "chatcmpl-1", ["object"] = "chat.completion.chunk", ["created"] = 1_700_000_000, ["model"] = "served-model", ["choices"] = choices, ["usage"] = usage,
        };
        await context.Response.WriteAsync($"data: {chunk.ToJsonString()}\n\n");
        await context.Response.Body.FlushAsync();
    }
}
