// The fictional internet of a page in the cage. Runs first in every page of the shop, in an opaque
// origin. It maps addresses of the town's hosts to paths of this page's own cage, gives the page a
// fictional cookie, and tells the frame around it where it is. It is a convenience, not the wall:
// what it misses, the content policy stops.
;(function () {
  'use strict'
  var here = document.currentScript.src.split('/~shim.js')[0] + '/'
  if (top === self) {
    location.replace('about:blank')
    return
  }
  var base = here + '~/'
  var current = location.href.slice(base.length).split('/')[0]

  function mapped(address) {
    var text = String(address)
    if (text === '' || /^(data:|blob:|#|about:|javascript:)/i.test(text)) return text
    if (text.indexOf(here) === 0) return text
    var outside = /^(?:(?:https?|wss?):)?\/\/([a-z0-9.-]+)(?::\d+)?(\/[^]*)?$/i.exec(text)
    if (outside) {
      var own =
        location.host.toLowerCase() === (outside[1] + '').toLowerCase() ||
        text.indexOf(location.origin) === 0
      return own && text.indexOf(here) === 0
        ? text
        : base + outside[1].toLowerCase() + (outside[2] || '/')
    }
    if (text.charAt(0) === '/')
      return text.indexOf('/x/') === 0 &&
        (location.protocol + '//' + location.host + text).indexOf(here) === 0
        ? text
        : base + current + text
    return text
  }

  function wrap(object, name, make) {
    var original = object && object[name]
    if (typeof original === 'function') object[name] = make(original)
  }
  wrap(window, 'fetch', function (original) {
    return function (input, init) {
      if (input instanceof Request) {
        var request = input
        return request
          .clone()
          .arrayBuffer()
          .then(function (bytes) {
            var body = request.method === 'GET' || request.method === 'HEAD' ? undefined : bytes
            return original.call(window, mapped(request.url), {
              method: request.method,
              headers: request.headers,
              body: body,
              credentials: 'omit',
            })
          })
      }
      return original.call(window, mapped(input), Object.assign({}, init, { credentials: 'omit' }))
    }
  })
  wrap(XMLHttpRequest.prototype, 'open', function (original) {
    return function (method, url) {
      var rest = Array.prototype.slice.call(arguments, 2)
      return original.apply(this, [method, mapped(url)].concat(rest))
    }
  })
  wrap(Navigator.prototype, 'sendBeacon', function (original) {
    return function (url, data) {
      return original.call(navigator, mapped(url), data)
    }
  })
  ;['EventSource', 'WebSocket'].forEach(function (name) {
    var Original = window[name]
    if (!Original) return
    window[name] = function (url, more) {
      return new Original(mapped(url).replace(/^ws/, 'http'), more)
    }
    window[name].prototype = Original.prototype
  })
  window.open = function () {
    return null
  }

  var attributes = {
    SCRIPT: ['src'],
    IMG: ['src'],
    IFRAME: ['src'],
    LINK: ['href'],
    A: ['href'],
    FORM: ['action'],
    SOURCE: ['src'],
    VIDEO: ['src'],
    AUDIO: ['src'],
    INPUT: ['formaction'],
    BUTTON: ['formaction'],
  }
  function setter(kind, property) {
    var prototype = window[kind] && window[kind].prototype
    var found = prototype && Object.getOwnPropertyDescriptor(prototype, property)
    if (!found || !found.set) return
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: found.enumerable,
      get: found.get,
      set: function (value) {
        found.set.call(this, mapped(value))
      },
    })
  }
  setter('HTMLScriptElement', 'src')
  setter('HTMLImageElement', 'src')
  setter('HTMLIFrameElement', 'src')
  setter('HTMLLinkElement', 'href')
  setter('HTMLAnchorElement', 'href')
  setter('HTMLFormElement', 'action')
  setter('HTMLMediaElement', 'src')
  wrap(Element.prototype, 'setAttribute', function (original) {
    return function (name, value) {
      var mine = attributes[this.tagName] || []
      return original.call(
        this,
        name,
        mine.indexOf(String(name).toLowerCase()) < 0 ? value : mapped(value),
      )
    }
  })
  function fix(element) {
    ;(attributes[element.tagName] || []).forEach(function (name) {
      var value = element.getAttribute && element.getAttribute(name)
      if (value !== null && value !== undefined && mapped(value) !== value)
        element.setAttribute(name, value)
    })
  }
  new MutationObserver(function (records) {
    records.forEach(function (record) {
      if (record.type === 'attributes') fix(record.target)
      record.addedNodes.forEach(function (node) {
        if (node.nodeType !== 1) return
        fix(node)
        node.querySelectorAll('*').forEach(fix)
      })
    })
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['src', 'href', 'action', 'formaction'],
  })
  addEventListener(
    'submit',
    function (event) {
      if (event.target && event.target.tagName === 'FORM') fix(event.target)
    },
    true,
  )
  addEventListener(
    'click',
    function (event) {
      var link = event.target && event.target.closest && event.target.closest('a[href]')
      if (link) {
        fix(link)
        link.removeAttribute('target')
        link.removeAttribute('download')
      }
    },
    true,
  )

  // A cookie jar of this page's own: the browser gives an opaque origin none.
  var jar = {}
  try {
    Object.defineProperty(document, 'cookie', {
      configurable: true,
      get: function () {
        return Object.keys(jar)
          .map(function (name) {
            return name + '=' + jar[name]
          })
          .join('; ')
      },
      set: function (text) {
        var match = /^\s*([^=;\s]{1,60})=([^;]{0,400})/.exec(String(text))
        if (match && Object.keys(jar).length < 40) jar[match[1]] = match[2]
      },
    })
  } catch {
    /* Where it is fixed, it stays empty. */
  }
  window.alert = function () {}
  window.confirm = function () {
    return true
  }
  window.prompt = function () {
    return null
  }

  // What only the content policy caught is asked again from the fictional host, so that it counts
  // as a call.
  addEventListener('securitypolicyviolation', function (event) {
    var address = event.blockedURI
    if (event.disposition !== 'enforce' || !/^https?:/.test(address) || address.indexOf(here) === 0)
      return
    if (address.indexOf(location.protocol + '//' + location.host) === 0) return
    try {
      new Image().src = mapped(address)
    } catch {
      /* Nothing to do. */
    }
  })

  function tell() {
    var field = document.querySelector('form[data-pay] [name="card"]')
    var path = location.href.slice(base.length)
    parent.postMessage(
      { doorstep: 'page', address: 'https://' + path, wantsCard: field !== null },
      '*',
    )
  }
  addEventListener('message', function (event) {
    if (event.source !== parent || !event.data || event.data.doorstep !== 'fill') return
    var form = document.querySelector('form[data-pay]')
    var field = form && form.querySelector('[name="card"]')
    if (!field) return
    field.value = String(event.data.number).slice(0, 24)
    if (form.requestSubmit) form.requestSubmit()
    else form.submit()
  })
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', tell)
  else tell()
  addEventListener('pageshow', tell)
})()
